"""The tree is the architecture: who may import whom, and each heavy library in its home."""

import ast
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
MAY_IMPORT = {
    "retrieval": {"retrieval"},
    "chatbot": {"chatbot", "retrieval"},
    "finetune": {"finetune", "chatbot", "retrieval"},
    "ui": {"ui", "finetune", "chatbot", "retrieval"},
}
HOMES = {
    "torch": {
        "retrieval/language_model.py",
        "retrieval/precision.py",
        "retrieval/weights.py",
        "retrieval/delta.py",
        "retrieval/halved.py",
        "retrieval/minilm.py",
        "retrieval/eight_bits.py",
        "retrieval/packed.py",
        "chatbot/mention_model.py",
        "finetune/reader.py",
        "finetune/encoder.py",
        "finetune/tower.py",
        "finetune/training.py",
        "finetune/low_rank.py",
        "finetune/scorer.py",
        "finetune/scorer_reader.py",
        "retrieval/joint_network.py",
        "retrieval/shared_prefix.py",
        "retrieval/trained_scorer.py",
    },
    "transformers": {
        "retrieval/joint_network.py",
        "retrieval/shared_prefix.py",
        "retrieval/language_model.py",
        "retrieval/weights.py",
        "finetune/tower.py",
    },
    "accelerate": {"finetune/encoder.py", "finetune/scorer.py"},
    "peft": {"finetune/low_rank.py"},
    "tokenizers": {"retrieval/minilm.py", "chatbot/mention_model.py"},
    "greenlet": {"retrieval/micro_batches.py"},
    "sentence_transformers": {"retrieval/sentence_encoder.py"},
    "chromadb": {"retrieval/chroma_index.py"},
    "gradio": {"ui/page.py", "ui/profile_panel.py"},
    "sqlite_utils": {
        "retrieval/catalogue.py",
        "retrieval/changes.py",
        "retrieval/interaction_store.py",
        "chatbot/log.py",
    },
    "sklearn": {"retrieval/encoder.py", "finetune/colikes.py"},
    "scipy": {"retrieval/colike.py", "finetune/colikes.py"},
    "implicit": {"finetune/colikes.py"},
    "xgboost": {"finetune/trees.py"},
    "matplotlib": {"finetune/picture.py"},
    "langchain": {"chatbot/chat_model.py"},
    "langchain_core": {"chatbot/chat_model.py"},
    "langchain_openai": {"chatbot/chat_model.py"},
    "httpx2": {"chatbot/chat_model.py"},
    "rapidfuzz": {"chatbot/typos.py", "ui/settings.py"},
    "phonenumbers": {"chatbot/phone_numbers.py"},
    "stdnum": {"chatbot/checked_numbers.py"},
    "wordfreq": {"chatbot/words/everyday.py"},
    "breame": {"chatbot/words/spellings.py"},
    "pint": {"chatbot/quantities.py", "retrieval/amounts.py"},
    "charset_normalizer": {"retrieval/sources.py"},
    "clevercsv": {"retrieval/tables.py"},
    "dateutil": {"retrieval/cleaning.py"},
    "price_parser": {"retrieval/amounts.py"},
    "pyarrow": {"retrieval/tables.py"},
    "selectolax": {"retrieval/cleaning.py"},
    "cn2an": {"chatbot/quantities.py"},
    "itsdangerous": {"ui/visitor_cookie.py", "ui/session_tokens.py"},
    "jwt": {"ui/identity.py"},
    "limits": {"ui/limiting.py"},
    "prometheus_client": {"ui/metrics.py"},
    "sse_starlette": {"ui/streams.py"},
    "opencc": {"retrieval/text.py"},
}
AT_IMPORT_NEVER = {
    "accelerate",
    "peft",
    "charset_normalizer",
    "clevercsv",
    "pyarrow",
    "selectolax",
    "torch",
    "transformers",
    "sentence_transformers",
    "chromadb",
    "gradio",
    "sklearn",
    "scipy",
    "implicit",
    "matplotlib",
    "wordfreq",
    "phonenumbers",
    "stdnum",
    "pint",
    "opencc",
    "langchain",
    "langchain_core",
    "langchain_openai",
    "httpx2",
}
LONGEST = 350  # lines
FILES = sorted(path for room in MAY_IMPORT for path in (ROOT / room).rglob("*.py"))


def imports(tree: ast.AST) -> set[str]:
    """The top-level packages imported anywhere below a node."""
    found: set[str] = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            found |= {alias.name.split(".")[0] for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module:
            found.add(node.module.split(".")[0])
    return found


def typing_only(node: ast.AST) -> bool:
    return isinstance(node, ast.If) and "TYPE_CHECKING" in ast.dump(node.test)


@pytest.mark.parametrize("path", FILES, ids=lambda p: str(p.relative_to(ROOT)))
def test_a_file_keeps_to_the_plan_of_the_house(path: Path) -> None:
    place = str(path.relative_to(ROOT))
    room = place.split("/")[0]
    source = path.read_text(encoding="utf-8")
    tree = ast.parse(source)
    used = imports(tree)
    assert used & set(MAY_IMPORT) <= MAY_IMPORT[room]
    assert not {name for name in used & set(HOMES) if place not in HOMES[name]}
    top = ast.Module(
        [
            n
            for n in tree.body
            if not typing_only(n) and not isinstance(n, ast.FunctionDef | ast.ClassDef)
        ],
        [],
    )
    assert not imports(top) & AT_IMPORT_NEVER, "heavy libraries are imported when they are used"
    assert len(source.splitlines()) <= LONGEST
    assert ast.get_docstring(tree), "a file says what it holds"


def test_there_are_no_rooms_for_odds_and_ends() -> None:
    names = {path.stem for path in FILES}
    assert not names & {"utils", "common", "helpers", "base", "manager", "misc"}


def test_data_holds_files_only() -> None:
    assert not list((ROOT / "data").rglob("*.py"))
