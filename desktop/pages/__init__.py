"""One folder per place of the navigation rail; pages never import each other."""
