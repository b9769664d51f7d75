"""Every face: command line, terminal, web page, HTTP API."""
