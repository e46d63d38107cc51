"""The offline base map: coast lines, borders and towns of the world, and what of them lies around a site."""
