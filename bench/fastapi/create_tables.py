"""Creates the tables of the incumbent; bench/load.py fills them with the data that ours has."""
from sqlalchemy import text

from database import models  # noqa: F401  (registers the tables)
from database.database import Base, engine

with engine.begin() as connection:
    connection.execute(text("CREATE EXTENSION IF NOT EXISTS pg_trgm"))
Base.metadata.create_all(engine)
