"""One turn of dialogue: understand, decide, recommend, explain, log. Start at `respond.py`."""
