"""People whom an identity provider signs in at a hub (OpenID Connect): the provider, what it says of a person, and what its groups may."""
