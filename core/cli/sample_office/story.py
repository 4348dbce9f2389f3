"""The chapters of the sample office; a new one adds its line."""

from __future__ import annotations

from core.cli.sample_office.chapters import Chapter
from core.cli.sample_office.committee import CHAPTER as COMMITTEE
from core.cli.sample_office.fund import CHAPTER as FUND
from core.cli.sample_office.training import CHAPTER as TRAINING

CHAPTERS: tuple[Chapter, ...] = (COMMITTEE, FUND, TRAINING)
