"""Where each question and each command goes. One that is missing here fails a test."""

from collections.abc import Mapping
from enum import StrEnum
from typing import Any

from engine.gateway.federation.rewriting import Collector, rewrite
from engine.model import sense_quality
from engine.model.accounts import commands as access
from engine.model.accounts import handover
from engine.model.accounts.undo import UndoRemoval
from engine.model.alerts import commands as alerts
from engine.model.cameras import floor_image, instant_replay, segment, trail
from engine.model.command import (
    AddFirmware,
    CalibrateScanner,
    CancelJob,
    ChangeSettings,
    CreateUser,
    IdentifyNode,
    InstallModels,
    MeasureModels,
    ProvisionNode,
    PutBleDevice,
    PutCamera,
    PutChannel,
    PutNode,
    PutWebhook,
    RebootNode,
    RemoveAnchor,
    RemoveBleDevice,
    RemoveCamera,
    RemoveChannel,
    RemoveNode,
    RemoveUser,
    RemoveWebhook,
    RestartCamera,
    SetPairing,
    SimulateFall,
    TestCamera,
    TestChannel,
    TestWebhook,
    UpdateNodes,
)
from engine.model.errors import InputError, NotFound
from engine.model.fire import commands as fire
from engine.model.fire import smoke_commands, smoke_questions
from engine.model.history import briefing, chat, evidence, finding, replay, timeline
from engine.model.incidents import filing, report_page
from engine.model.people import commands as people
from engine.model.people import purposes
from engine.model.ptz import commands as ptz
from engine.model.question import (
    AnalyseMedia,
    AskPatterns,
    CountIncidents,
    ExplainBlob,
    GetDecision,
    GetIncident,
    ListAlerts,
    ListAudit,
    ListChannels,
    ListClips,
    ListDecisions,
    ListErasures,
    ListEvents,
    ListIncidents,
    ListSequences,
    ListSoundDevices,
    ListWebhooks,
    PrintRules,
    ReadRules,
    TestAtlas,
    TryRules,
    WhyNothing,
)
from engine.model.radio.scanner_survey import FitSurvey
from engine.model.review import event_verdict, review
from engine.model.risk import commands as risk
from engine.model.risk import questions as risk_questions
from engine.model.upkeep import (
    BackUpNow,
    CompareSettings,
    ExportSettings,
    GetDiagnostics,
    GetUpkeep,
    ImportSettings,
    ListLog,
    PlanTidy,
    TidyNow,
)


class Route(StrEnum):
    ROUTED = "routed"  # to the site of the ids in it; without any it needs a chosen site
    CHOSEN = "chosen"  # one site's matter with no id that says whose: only by `FederatedPort.of`
    MERGED = "merged"  # of all sites, or of those whose ids it names; the answers become one
    PAGED = "paged"  # as merged, page by page
    DESCRIBED = "described"  # somebody of one site, whom it describes to the others
    SPLIT = "split"  # a command on several things: to each site with its own


QUESTIONS: Mapping[type[Any], Route] = {
    **dict.fromkeys((ListEvents, ListDecisions, ListSequences, ListClips, ListAlerts, ListIncidents), Route.PAGED),
    **dict.fromkeys((timeline.SearchRecord, review.ListReview, handover.ListHandovers, chat.ListChat), Route.PAGED),
    **dict.fromkeys((smoke_questions.ListPlumes, smoke_questions.ListSmokeSequences), Route.PAGED),
    **dict.fromkeys((CountIncidents, smoke_questions.CountPlumes, smoke_questions.CountSmokeSequences), Route.MERGED),
    **dict.fromkeys((timeline.GetTimeline, timeline.FindNeighbour, timeline.CountDays), Route.MERGED),
    **dict.fromkeys((timeline.ListBookmarks, timeline.ListSearches, event_verdict.ListEventVerdicts), Route.MERGED),
    **dict.fromkeys((segment.ListSegments, segment.ListLocks, evidence.ListPacks, evidence.ListCases, ListErasures), Route.MERGED),
    replay.ListReplays: Route.MERGED,
    timeline.SearchAlike: Route.DESCRIBED,
    purposes.DescribePerson: Route.ROUTED,
    **dict.fromkeys((purposes.ListPurposes, purposes.ComparePerson), Route.CHOSEN),
    **dict.fromkeys((GetDecision, GetIncident, ExplainBlob, WhyNothing, timeline.TrackBack, timeline.DescribeLook), Route.ROUTED),
    **dict.fromkeys((trail.GetEventTrails, trail.ListTrails, instant_replay.ReplayCamera), Route.ROUTED),
    **dict.fromkeys((smoke_questions.GetPlume, smoke_questions.GetSmokeSequence), Route.ROUTED),
    **dict.fromkeys((replay.GetReplay, replay.GetDifference, chat.AskRecord, chat.UnderstandQuestion), Route.ROUTED),
    briefing.GetBriefing: Route.ROUTED,
    **dict.fromkeys((ListWebhooks, ListChannels, ListSoundDevices, ListAudit, floor_image.GetFloorImage), Route.CHOSEN),
    **dict.fromkeys((AskPatterns, TestAtlas, AnalyseMedia, TryRules, PrintRules, ReadRules), Route.CHOSEN),
    **dict.fromkeys((risk_questions.ListHotspots, risk_questions.ExplainRisk, risk_questions.GetRiskPicture), Route.CHOSEN),
    **dict.fromkeys((risk_questions.ListNeighbourhoods, risk_questions.ListOutlines, chat.GetChatState), Route.CHOSEN),
    **dict.fromkeys((finding.FindCameras, finding.FindUsbCameras, finding.DescribeCamera), Route.CHOSEN),
    **dict.fromkeys((GetUpkeep, PlanTidy, ListLog, GetDiagnostics, ExportSettings, CompareSettings), Route.CHOSEN),
    **dict.fromkeys((sense_quality.ListSenseQuality, FitSurvey), Route.CHOSEN),
    **dict.fromkeys((access.ListTokens, report_page.GetReportPage), Route.CHOSEN),
}

COMMANDS: Mapping[type[Any], Route] = {
    **dict.fromkeys((alerts.ChangeAlert, alerts.ShelveAlert, alerts.AssignAlert, review.PutReviewed), Route.SPLIT),
    **dict.fromkeys((alerts.NoteAlert, alerts.DoStep, alerts.SeeAlert, alerts.PromoteHeld, event_verdict.JudgeEvent), Route.ROUTED),
    **dict.fromkeys((PutCamera, RemoveCamera, RestartCamera, TestCamera, CancelJob), Route.ROUTED),
    **dict.fromkeys((ptz.SteerCamera, ptz.CentreCamera, ptz.AdjustLens, ptz.GoToPreset, ptz.GoHome, ptz.ReleaseCamera), Route.ROUTED),
    **dict.fromkeys((ptz.StartTour, ptz.StopTour, ptz.SwitchOutput, ptz.SendTalk, ptz.SetPreset), Route.ROUTED),
    **dict.fromkeys((ptz.RemovePreset, ptz.SetHome), Route.ROUTED),
    **dict.fromkeys((RemoveUser, access.ChangeUser, access.ResetPassword, access.RevokeToken, handover.ReadHandover), Route.ROUTED),
    **dict.fromkeys((PutNode, RemoveNode, ProvisionNode, IdentifyNode, RebootNode, UpdateNodes), Route.ROUTED),
    **dict.fromkeys((PutWebhook, RemoveWebhook, TestWebhook, PutChannel, RemoveChannel, TestChannel), Route.ROUTED),
    **dict.fromkeys((people.PutPerson, people.RenamePerson, people.ErasePerson, people.MergePersons, people.SplitPerson), Route.ROUTED),
    **dict.fromkeys((people.DenyFace, people.NameTrack, people.UndoSpokenName, people.EnrolFace, people.EnrolFromClip), Route.ROUTED),
    purposes.SetPersonPurpose: Route.ROUTED,
    **dict.fromkeys((people.PrepareClip, people.RecordTake, people.TakeFromClip, people.DropTake), Route.ROUTED),
    **dict.fromkeys((people.TeachGesture, people.SetGestureMode, people.RemoveGesture), Route.ROUTED),
    **dict.fromkeys((alerts.MergeIncidents, alerts.SplitIncident, alerts.KeepApart, alerts.ValidateIncident), Route.ROUTED),
    **dict.fromkeys((alerts.EditIncident, filing.FileReport, report_page.RevokeReportLink), Route.ROUTED),
    **dict.fromkeys((smoke_commands.LabelSmoke, smoke_commands.UnmatchSmoke, smoke_commands.MergeSmoke), Route.ROUTED),
    **dict.fromkeys((smoke_commands.RemoveSmoke, segment.LockEvidence, segment.UnlockEvidence, segment.KeepStill), Route.ROUTED),
    **dict.fromkeys((evidence.MakePack, evidence.RemovePack, evidence.PutCase), Route.ROUTED),
    **dict.fromkeys(
        (timeline.PutBookmark, timeline.RemoveBookmark, timeline.SaveSearch, timeline.ShareSearch, timeline.RemoveSearch), Route.ROUTED
    ),
    **dict.fromkeys((replay.MoveReplay, replay.ChangeReplay, replay.StopReplay, replay.ApplyReplay), Route.ROUTED),
    **dict.fromkeys((chat.ForgetChat, UndoRemoval), Route.ROUTED),
    **dict.fromkeys((ChangeSettings, RemoveAnchor, InstallModels, MeasureModels, CreateUser), Route.CHOSEN),
    **dict.fromkeys((floor_image.PutFloorImage, floor_image.RemoveFloorImage), Route.CHOSEN),
    **dict.fromkeys((access.ChangePassword, access.ConfirmPassword, access.CreateToken, access.ChangeAccess), Route.CHOSEN),
    **dict.fromkeys((handover.WriteHandover, SetPairing, AddFirmware, PutBleDevice, RemoveBleDevice), Route.CHOSEN),
    **dict.fromkeys((CalibrateScanner, SimulateFall, people.UnmaskFaces, people.ShowPoses), Route.CHOSEN),
    **dict.fromkeys((alerts.SetSiteMode, alerts.ChangeAlerting, alerts.ImportReports, alerts.ChangeAtlas), Route.CHOSEN),
    **dict.fromkeys((report_page.CreateReportLink, fire.ChangeFire, fire.ImportFireWeather, fire.RefreshFire), Route.CHOSEN),
    **dict.fromkeys((risk.RetrainRisk, risk.ImportNeighbourhoods, replay.StartReplay, chat.ChangeChat), Route.CHOSEN),
    **dict.fromkeys((ImportSettings, BackUpNow, TidyNow), Route.CHOSEN),
}

_OF_A_CAMERA = (ptz.StartTour, ptz.SwitchOutput, ptz.SetPreset, ptz.RemovePreset)
_SECRETS = (access.CreateToken, access.ConfirmPassword, report_page.CreateReportLink)
_SENTENCES = (fire.ImportFireWeather, risk.ImportNeighbourhoods)
TEXT_OUTCOMES: frozenset[type[Any]] = frozenset({ProvisionNode, UndoRemoval, *_OF_A_CAMERA, *_SECRETS, *_SENTENCES})
"""Commands whose outcome is no id."""


def keys_in(value: Any) -> tuple[str, ...]:
    """Whose ids there are in a question or command."""
    found = Collector()
    rewrite(value, found)
    return tuple(found.keys)


def check_some_site(question: Any) -> None:
    """Raises NotFound for a question about something that is at no site."""
    found = Collector()
    rewrite(question, found)
    if found.strangers and not found.keys:
        raise NotFound(f"There is no {found.strangers[0][:80]!r} at any site.")


def choose_a_site(value: Any) -> InputError:
    return InputError("site", f"has to be chosen: {type(value).__name__} concerns one site, and nothing in it says which")


def one_site_at_a_time(value: Any) -> InputError:
    return InputError("site", f"has to be one: {type(value).__name__} concerns things of several sites; do it for each of them")
