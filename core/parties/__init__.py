"""People and organisations, entered once; right holder, donor, expert ... are roles of a party."""
