"""培训台账: courses from their plan to their certificates, rosters, attendance and figures."""
