"""HTTP, to every host that the plugin talks to. Knows no server's API."""
