"""Parts that several pages use and that know the business, which `desktop.widgets` may not."""
