"""The database below the core: engine, types, guards, migrations. Knows nothing of the office."""
