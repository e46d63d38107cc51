"""What the figures and facts of the System page are, in which unit, and when to worry: a sentence each, shown where the pointer rests.

Facts are known by their label, in the language of the screen.
"""

from widgets.translation import tr


def figure_tips() -> dict[str, str]:
    return {
        "cpu": tr("100 % is one core at work all the time; near all cores that there are, pictures are left out"),
        "memory": tr("Working memory that is taken, in MiB; it should not grow from day to day"),
        "threads": tr("Parts of the program that run side by side, some of them for each camera; they should not grow by themselves"),
        "database": tr("The file of events, alerts and people; where many values wait for long, the disk is too slow"),
        "recordings": tr("Video, thumbnails and the log together; limits are set under Recording…"),
        "disk": tr("Room left on the disk of the data folder; below 10 GiB it gets tight, below 2 GiB something has to go"),
    }


def backup_tips() -> dict[str, str]:
    return {
        tr("Database"): tr("The size of its file, and which version its tables have (schema)"),
        tr("Backups"): tr("Copies of the database that are kept, how large they are, and when the newest was made"),
        tr("Next"): tr("How long until the next copy is made by itself"),
        tr("Trouble"): tr("Why the last copy could not be made; what came since the newest backup is at risk until that is put right"),
    }


def disk_tips() -> dict[str, str]:
    return {
        tr("Free"): tr("Room left on the disk of the data folder, of all that it has"),
        tr("Lasts"): tr("How long until the disk is full if everything goes on as lately; worry below 3 days"),
        tr("Grows by"): tr("What is added in a day, most first; less than 1 MiB is not told"),
    }


def statistics_tips() -> dict[str, str]:
    return {
        tr("Events"): tr("What was noted, such as people, falls and lost cameras, of all kinds together"),
        tr("In 7 days"): tr("How many events of each kind there were in the last 7 days"),
        tr("People"): tr("Persons that Watchroom can recognise, and those that were not seen for long"),
        tr("Left out"): tr("What was not looked at, or not kept, as the machine or its disk was too slow; it should be nothing"),
        tr("Messages"): tr("Notifications that have yet to go out; worry above 20: a server that they go to does not answer"),
        tr("Risk forecast"): tr("When it was learnt last and from how many incidents, or why not; every night at the hour set on Risk"),
        tr("Clocks"): tr("Seconds that clocks are ahead (+) or behind (−); of this machine, by how far it was moved. Worry above 3 s."),
        tr("Open files"): tr("Files and connections that the engine holds open; they should not grow from day to day"),
    }
