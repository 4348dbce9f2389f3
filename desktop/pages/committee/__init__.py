"""专家委员会: experts, draws, meetings, fees."""
