# Short names for plain commands. All of them work in an activated virtual environment without just, too.

export OPENBLAS_NUM_THREADS := "1"
export QT_QPA_PLATFORM := "offscreen"

# Every check, as CI runs it, in the environment that is active.
check:
    ruff format --check .
    ruff check .
    mypy
    mypy --platform win32 --no-warn-unreachable --no-warn-unused-ignores
    mypy --platform darwin --no-warn-unreachable --no-warn-unused-ignores
    lint-imports
    python -m pytest -q -n 2 --dist worksteal --cov --cov-report=term --cov-fail-under=90

# Put right what can be put right without thinking.
fix:
    ruff check --fix .
    ruff format .

# Tests alone; arguments go to pytest: just test -k metadata
test *arguments:
    python -m pytest -q {{ arguments }}

# Bring the translations in step with the code, and list what is not translated.
i18n:
    python packaging/catalogues.py

# Draw the icon's sizes, and take the pictures of the window for the README.
screenshots *languages:
    python packaging/render_icons.py
    python packaging/screenshots.py {{ languages }}

# Figures of the metric and of the libraries; CORPUS is the folder of real test pictures.
bench corpus="../shared/corpus":
    python benchmarks/metric/speed.py
    python benchmarks/dependencies.py {{ corpus }}

# Make a release: version, changelog, all artefacts of this machine, checksums. Nothing is pushed or uploaded.
release version *arguments:
    OIMG_PYTHON=python scripts/release {{ version }} {{ arguments }}
