"""主体库: the one register of people and organisations."""
