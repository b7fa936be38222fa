"""Where the programs are, and where their files cost least."""
import os


def find(folder, name):
    """the path of bidui-NAME in a folder as built or as installed; of the front when name is empty"""
    for path in ('bidui-' + name, os.path.join('cmd', name, 'bidui-' + name)) if name else ('bidui',):
        if os.path.exists(os.path.join(folder, path)):
            return os.path.abspath(os.path.join(folder, path))
    raise SystemExit('%s: there is no %s' % (folder, 'bidui-' + name if name else 'bidui'))


def memory_folder():
    """the programs fsync all they write; where files are in memory that costs nothing"""
    return '/dev/shm' if os.access('/dev/shm', os.W_OK) else None
