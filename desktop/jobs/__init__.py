"""Work off the GUI thread: one runner, three lanes, results delivered on the GUI thread."""

from desktop.jobs.runner import Job, JobRunner, Report, Token

__all__ = ["Job", "JobRunner", "Report", "Token"]
