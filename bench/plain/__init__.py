"""The plain ways: what a careful user writes with the same libraries, for everybody to judge."""
