"""The one engine behind every paper: templates, fonts, rendering, signing, verification, copies."""
