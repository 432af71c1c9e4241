"""The floor: the same answers by hand-written SQL and orjson through the same server.

What a floor does: it finds the token's user by one hand-written query, reads the rows by SQL that
holds the visibility rule (owner, group, public, shared; not deleted), writes them with orjson in the shape of
our own answer, and counts up to the same bound where ours counts. A registration writes the same rows in one
transaction, by COPY or multi-row INSERT on PostgreSQL and by executemany on SQLite.

What it does not do: no REST framework, no ORM, no filters but the measured one, no validation of what it is
sent, no look at the files of a registration, no ETags, no message to the broker. It stands behind the same
middleware, in the same processes, on the same connections.
"""
