"""What the figures and facts of the System page are, in which unit, and when to worry: a sentence each, shown where the pointer rests.

Facts are known by their label, in the language of the screen.
"""

from widgets.translation import tr


def figure_tips() -> dict[str, str]:
    return {
        "cpu": tr("100 % is one core fully used. Near the number of cores, frames are dropped."),
        "memory": tr("Working memory in MiB. It should not grow from day to day."),
        "database": tr("Size of the database of events, alerts and people. If many values wait for long, the disk is too slow."),
        "recordings": tr("Video, thumbnails and journal together. Limits are set under Retention…"),
        "disk": tr("Free space on the disk of the data folder. Below 10 GiB is low; below 2 GiB recordings are removed."),
    }


def backup_tips() -> dict[str, str]:
    return {
        tr("Database"): tr("Size of the file, and the version of its tables (schema)"),
        tr("Backups"): tr("Number and size of the backups, and the time of the newest"),
        tr("Next"): tr("Time until the next automatic backup"),
        tr("Trouble"): tr("Why the last backup failed. Data since the newest backup is at risk until this is fixed."),
    }


def disk_tips() -> dict[str, str]:
    return {
        tr("Free"): tr("Free and total space on the disk of the data folder"),
        tr("Estimated retention"): tr("Time until the disk is full at the recent rate. Act below 3 days."),
        tr("Grows by"): tr("Growth in a day, largest first. Less than 1 MiB is left out."),
    }


def statistics_tips() -> dict[str, str]:
    return {
        tr("Events"): tr("Events of all kinds, such as people, falls and offline cameras"),
        tr("In 7 days"): tr("Events of each kind in the last 7 days"),
        tr("People"): tr("People on file, and archived people"),
        tr("Dropped"): tr("What was not processed or stored because the computer or its disk was too slow. It should be nothing."),
        tr("Messages"): tr("Notifications in the queue. Above 20, a server probably does not answer."),
        tr("Risk forecast"): tr(
            "Last training and its number of incidents, or why it failed. Trained every night at the hour set on Risk."
        ),
        tr("Clocks"): tr("Seconds that clocks are ahead (+) or behind (−); for this computer, the last adjustment. Act above 3 s."),
        tr("Open files"): tr("Files and connections that the engine holds open. Their number should not grow from day to day."),
        tr("Radio processing"): tr("Whether this installation has the compiled form of radio sensing. Results are the same without it."),
    }
