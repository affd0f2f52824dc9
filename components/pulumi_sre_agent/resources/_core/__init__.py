"""What the classes of all kinds share: fields, checks, wire, CRUD, and the front end to Pulumi."""
