"""`python -m core.cli` is lintanctl."""

from __future__ import annotations

import sys

from core.cli.entry import main

sys.exit(main())
