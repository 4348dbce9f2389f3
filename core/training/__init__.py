"""The training log: courses, sessions, participants, attendance, completion, papers."""
