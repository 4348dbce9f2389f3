"""Support of the shell, the pages and the widgets: context, dialogs, theme, icons, formats."""
