"""What is kept of interactions: each event once, whole files or nothing, nobody's name."""

import stat
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from retrieval.errors import InteractionsError
from retrieval.interaction_store import FILE, SALT, InteractionStore, Taken, salt_of
from retrieval.interactions import Fault, Interaction, InteractionFile, Reading
from retrieval.signals import EVENTS
from tests.retrieval.killing import kill_9

KNOWN = frozenset({"a", "b", "c"})


def liked(user: str, item: str, time: int = 0, value: float = 1.0) -> Interaction:
    return Interaction(user, item, "rating", value, time)


def contents(store: InteractionStore) -> list[tuple[int, str, int, float]]:
    kept = store.kept()
    columns = (kept.user.tolist(), kept.item.tolist(), kept.time.tolist(), kept.value.tolist())
    return [(u, kept.items[i], t, v) for u, i, t, v in zip(*columns, strict=True)]


@pytest.fixture
def store(tmp_path: Path) -> InteractionStore:
    return InteractionStore(tmp_path, b"s" * 32)


def test_the_same_event_counts_once_and_a_second_file_adds(store: InteractionStore) -> None:
    first = [liked("1", "a", 5), liked("1", "a", 5), liked("1", "a", 6), liked("2", "b")]
    assert store.take(first, KNOWN, 0) == Taken(4, 3, 0, (), 0, 0)
    assert store.take([liked("2", "b"), liked("3", "x")], KNOWN, 0) == Taken(2, 1, 0, (), 1, 1)
    assert len(contents(store)) == 4
    store.take([liked("1", "a", 5, value=2.0)], KNOWN, 0)
    assert (1, "a", 5, 2.0) in contents(store)
    assert len(contents(store)) == 4


def test_replace_starts_anew(store: InteractionStore) -> None:
    store.take([liked("1", "a"), liked("2", "b")], KNOWN, 0)
    assert store.take([liked("2", "c")], KNOWN, 0, replace=True).added == 1
    assert [row[1:] for row in contents(store)] == [("c", 0, 1.0)]


@pytest.mark.parametrize(
    ("rows", "said"),
    [
        ([liked("9", "c"), Fault(3, "it is odd"), Fault(4, "it is odder")], "More than 1 rows .* nothing was changed. line 3: it is odd; line 4"),
        ([Fault(3, "it is odd")], "No row can be used. line 3: it is odd"),
        ([liked("9", "x")], "No row is about an item of the catalogue, 'x' for one"),
        ([], "No row can be used"),
    ],
)  # fmt: skip
def test_what_is_refused_changes_nothing(
    store: InteractionStore, rows: list[Interaction | Fault], said: str
) -> None:
    store.take([liked("1", "a")], KNOWN, 0)
    before = contents(store)
    for replace in (False, True):
        with pytest.raises(InteractionsError, match=said):
            store.take(rows, KNOWN, 1, replace)
        assert contents(store) == before


def test_users_are_kept_as_salted_hashes_alone(tmp_path: Path) -> None:
    salt = salt_of(tmp_path)
    assert salt_of(tmp_path) == salt != salt_of(tmp_path / "other")
    assert stat.S_IMODE((tmp_path / SALT).stat().st_mode) == 0o600
    folder = tmp_path / "catalogue"
    folder.mkdir()
    InteractionStore(folder, salt).take([liked("ana@example.org", "a")], KNOWN, 0)
    assert [p.name for p in folder.iterdir()] == [FILE]
    assert b"ana@example.org" not in (folder / FILE).read_bytes()
    assert not list(tmp_path.glob(f".{SALT}*"))


def test_another_salt_is_refused_until_all_is_replaced(tmp_path: Path) -> None:
    InteractionStore(tmp_path, b"1" * 32).take([liked("1", "a")], KNOWN, 0)
    other = InteractionStore(tmp_path, b"2" * 32)
    with pytest.raises(InteractionsError, match="hashed with another salt"):
        other.take([liked("1", "b")], KNOWN, 0)
    other.take([liked("1", "b")], KNOWN, 0, replace=True)
    assert [row[1] for row in contents(other)] == ["b"]
    (tmp_path / SALT).write_bytes(b"short")
    with pytest.raises(InteractionsError, match="holds no salt"):
        salt_of(tmp_path)


def test_a_user_can_be_forgotten(store: InteractionStore) -> None:
    store.take([liked("1", "a"), liked("1", "b"), liked("2", "b")], KNOWN, 0)
    assert (store.forget("1"), store.forget("1"), store.forget("nobody")) == (2, 0, 0)
    assert [row[1] for row in contents(store)] == ["b"]


def test_a_file_that_is_no_database_is_said_to_be_broken(tmp_path: Path) -> None:
    (tmp_path / FILE).write_bytes(b"not a database at all" * 100)
    with pytest.raises(InteractionsError, match="cannot be used"):
        InteractionStore(tmp_path, b"s" * 32).kept()


ENDLESS = """
import itertools, pathlib, sys
from retrieval.interaction_store import InteractionStore
from retrieval.interactions import Interaction
rows = (Interaction(str(n), "b", "rating", 1.0, n) for n in itertools.count())
def told():
    for n, row in enumerate(rows):
        if n == 25_000:
            print("going", flush=True)
        yield row
InteractionStore(pathlib.Path(sys.argv[1]), b"s" * 32).take(told(), frozenset("ab"), 0, True)
"""


def test_kill_9_while_a_file_is_read_leaves_what_was_there(tmp_path: Path) -> None:
    store = InteractionStore(tmp_path, b"s" * 32)
    store.take([liked("1", "a", 7)], KNOWN, 0)
    for moment in (0.0, 0.1, 0.3):
        kill_9(ENDLESS, tmp_path, moment)
        assert contents(store) == [(1, "a", 7, 1.0)]


cells = st.text(st.sampled_from('ab1,";\t\n\r\0é\ud800'.replace("\ud800", "")), max_size=6)
tables = st.lists(st.lists(cells, max_size=5).map(",".join), max_size=8).map("\n".join)
headed = st.sampled_from(["user,item\n", "user,item,rating\n", "user\titem\n", ""])
broken = st.one_of(
    st.binary(max_size=300),
    st.tuples(headed, tables).map(lambda pair: "".join(pair).encode()),
    st.tuples(headed, tables).map(lambda pair: b"\x1f\x8b" + "".join(pair).encode()),
)


@settings(max_examples=150, deadline=None)
@given(data=broken, name=st.sampled_from(["a.csv", "a.tsv", "a.jsonl", "a.csv.gz"]))
def test_a_broken_file_is_a_clear_error_and_changes_nothing(
    tmp_path_factory: pytest.TempPathFactory, data: bytes, name: str
) -> None:
    folder = tmp_path_factory.mktemp("broken")
    store = InteractionStore(folder, b"s" * 32)
    store.take([liked("1", "a")], KNOWN, 0)
    before = contents(store)
    path = folder / name
    path.write_bytes(data)

    def rows() -> Iterator[Interaction | Fault]:
        yield from InteractionFile(path, Reading({}, None, EVENTS))

    try:
        taken = store.take(rows(), KNOWN, 3)
    except InteractionsError as error:
        said = str(error)
    else:
        said = ""
    if said:
        assert said.endswith((".", "`"))
        assert contents(store) == before
    else:
        assert taken.rows > taken.unknown_rows
        assert taken.bad <= 3
