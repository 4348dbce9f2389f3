"""工作台: what waits, what falls due, and how far the year has come."""
