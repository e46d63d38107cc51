"""Figures of the System page: cards, sparklines, camera health, models, errors."""

from widgets.camera_health_table import CameraHealthTable
from widgets.error_list import ErrorList
from widgets.figure_card import FigureCard
from widgets.model_table import ModelTable
from widgets.sparkline import Sparkline

__all__ = ["CameraHealthTable", "ErrorList", "FigureCard", "ModelTable", "Sparkline"]
