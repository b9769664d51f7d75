PYTHON ?= .venv/bin/python

.PHONY: check format lint types test proofs seekers poison golden screenshots widget
check: format lint types test  ## what has to hold before anything lands

format:
	$(PYTHON) -m ruff format .
lint:
	$(PYTHON) -m ruff format --check .
	$(PYTHON) -m ruff check .
types:
	$(PYTHON) -m mypy
test:
	$(PYTHON) -m pytest -m "not slow"
proofs:  ## the slow ones
	$(PYTHON) -m pytest -m slow
seekers:  ## 200 seekers under four policies on our films and on two raw catalogues; some twenty minutes
	$(PYTHON) -m pytest -s -m slow tests/finetune/test_seekers_at_size.py
poison:  ## visitors who push one item, 20 seeds, against caps, votes and the gate; some six minutes
	$(PYTHON) -m pytest -s -m slow tests/finetune/test_poison.py
golden:  ## write tests/golden anew; read the diff before you commit it
	WRITE_GOLDEN=1 $(PYTHON) -m pytest -q tests/test_golden.py
screenshots:  ## the page at desktop and phone width, in ./screenshots
	$(PYTHON) -m pytest -q tests/ui/test_browser.py
widget:  ## build ui/static/widget.js and widget-panel.js from ui/widget; needs Node
	cd ui/widget && npm ci && npm run check && npm run build
