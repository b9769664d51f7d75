"""From logs to models that are measured before they are used."""
