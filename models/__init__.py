"""What is remembered: tables, constraints and migrations."""

from models import alliances, audit, duties, gates, offices, plans, requests, settlements, work
from models.base import Base

__all__ = ["Base", "alliances", "audit", "duties", "gates", "offices", "plans", "requests", "settlements", "work"]
