"""What is remembered: tables, constraints and migrations."""

from models import alliances, audit, duties, gates, offices, plans, settlements, work
from models.base import Base

__all__ = ["Base", "alliances", "audit", "duties", "gates", "offices", "plans", "settlements", "work"]
