"""Which paths a figure is of: where one of them changed since, it is stale."""

from __future__ import annotations

from benchmarks.goal import ROOMS

CORE = ("core", ":(exclude)core/sql")
"""Of what never opens the SQL database."""
FEATURES_SAID = (
    ":(exclude)features/explain.py",
    ":(exclude)features/spoken.py",
    ":(exclude)features/document.py",
)
"""How a value is told to people changes no value."""
LOADING = (
    *CORE,
    "graph_schema",
    "loaders",
    "requirements.lock",
    "benchmarks/command.py",
    "benchmarks/world.py",
)
SIMULATING = ("simulator", "requirements.lock", "benchmarks/command.py", "benchmarks/simulate.py")
RINGS = (
    *LOADING,
    *("queries/rings", "queries/loads", "queries/statements.py", "rings", "simulator"),
    *("cli/rings.py", "cli/load.py", "cli/simulate.py", "benchmarks/rings.py"),
)
RINGS_LARGE = (*LOADING, "queries/rings", "rings", "simulator", "benchmarks/large.py")
API_LARGE = (*RINGS_LARGE, "queries", "security", "api", "scoring", "policy")
RISK = (
    "risk",
    *(
        f":(exclude)risk/{name}.py"
        for name in ("report", "report_head", "amount_report", "cutoffs", "findings", "pages")
    ),
)
"""What is said of a model in its report changes no figure."""
SERVING = (
    *API_LARGE,
    "snapshot",
    "features",
    "registry",
    *RISK,
    *("cli/serve.py", "cli/listening.py", "examples/policy.toml"),
    *("benchmarks/serving.py", "benchmarks/open_loop.py"),
)
"""Statements over tables that were there before are not slower by tables that came later."""
FEATURES = (
    *CORE,
    "snapshot",
    "features",
    *FEATURES_SAID,
    "simulator",
    "requirements.lock",
    "benchmarks/columns.py",
    "benchmarks/features.py",
    "benchmarks/handbook.py",
    "benchmarks/handbook.toml",
    "benchmarks/handbook_settings.json",
)
SNAPSHOT = (
    *LOADING,
    "queries/snapshot",
    "snapshot",
    "simulator",
    "cli/snapshot.py",
    "benchmarks/snapshot.py",
)
ONLINE = (*LOADING, "queries/neighbourhood.py", "snapshot", "simulator", "benchmarks/neighbourhood.py")
LEARNING = (
    *(*CORE, "snapshot", "features", *FEATURES_SAID, "simulator"),
    *RISK,
    "requirements.lock",
    "cli/training.py",
    "benchmarks/columns.py",
    "benchmarks/simulated.py",
)
MODELS = (*RISK, "requirements.lock", "benchmarks/pipeline.py", "benchmarks/tabular.py")
GRAPH_MODELS = (*CORE, "snapshot", "features", *FEATURES_SAID, *MODELS, "benchmarks/columns.py")
HANDBOOK_MODELS = (
    *GRAPH_MODELS,
    *("benchmarks/handbook.py", "benchmarks/handbook.toml", "benchmarks/handbook_settings.json"),
    *("benchmarks/handbook_models.py", "benchmarks/handbook_more.toml"),
)
ECOMMERCE = (*GRAPH_MODELS, "graph_schema", "benchmarks/ecommerce.py", "benchmarks/ecommerce.toml")
LOAN_KG = (*GRAPH_MODELS, "graph_schema", "benchmarks/loan_kg.py", "benchmarks/loan_kg.toml")
RONG360 = (*MODELS, "features/dataset.py", "benchmarks/rong360.py")
WHOLE = (*ROOMS, "Makefile", "pyproject.toml", "requirements.lock", "benchmarks/fresh_clone.py")
