"""How many processes make turns on this machine."""

import os

from retrieval.precision import has_gpu

NEEDED = 2_000_000_000  # bytes of free memory a process, so that no other work is pushed out
MOST = 4


def processes_for(set_to: int) -> int:
    """Processes to start besides the server: as many as are set; unset (0), one for each core that this
    process may use. None where the server makes the turns itself: set to 1, one core, a GPU (which
    one process uses better than several), or too little memory."""
    count = set_to or min(_cores(), MOST, _free_memory() // NEEDED)
    return 0 if count < 2 or (not set_to and has_gpu()) else count


def _cores() -> int:
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


def _free_memory() -> int:
    """Bytes that are available, as the system tells; where it does not, enough."""
    try:
        with open("/proc/meminfo", encoding="ascii") as lines:
            told = dict(line.split(":") for line in lines)
        return int(told["MemAvailable"].split()[0]) * 1024
    except (OSError, KeyError, ValueError):
        return MOST * NEEDED
