"""Figures of the System page: cards, sparklines, camera health, models, errors."""

from widgets.marks.sparkline import Sparkline
from widgets.system.camera_health_table import CameraHealthTable
from widgets.system.error_list import ErrorList
from widgets.system.figure_card import FigureCard
from widgets.system.model_table import ModelTable

__all__ = ["CameraHealthTable", "ErrorList", "FigureCard", "ModelTable", "Sparkline"]
