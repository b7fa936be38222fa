"""A PostgreSQL server of one's own: in a temporary folder, on a Unix socket only, run by a user who is not root, gone at the end."""
import glob
import os
import pwd
import shutil
import subprocess
import tempfile
import time

BIN = sorted(glob.glob('/usr/lib/postgresql/*/bin'))
# An order of words that is not that of bytes: what the SQL leaves to the database's order shows.
LOCALE = ['--encoding=UTF8', '--locale=C.UTF-8', '--locale-provider=icu', '--icu-locale=und']
SETTINGS = {'listen_addresses': '', 'fsync': 'off', 'full_page_writes': 'off', 'synchronous_commit': 'off', 'autovacuum': 'off', 'jit': 'off',
            'shared_buffers': '256MB', 'work_mem': '64MB', 'max_wal_size': '4GB', 'logging_collector': 'off'}


running = []


def stop_all(*_):
    """for a signal: no server is left behind"""
    for server in running:
        server.stop()
    os._exit(1)


class Server:
    def __init__(self):
        if not BIN:
            raise SystemExit('parity: there is no PostgreSQL server; pipelines/need.sh tests installs it')
        self.folder = tempfile.mkdtemp(prefix='bidui-postgres-')
        self.user = 'postgres' if os.getuid() == 0 else pwd.getpwuid(os.getuid()).pw_name
        self.before = ['runuser', '-u', self.user, '--'] if os.getuid() == 0 else []
        if self.before:
            shutil.chown(self.folder, self.user)
        os.chmod(self.folder, 0o700)

    def ask(self, program, *args):
        subprocess.run(self.before + [os.path.join(BIN[-1], program), *args], check=True, cwd='/', stdin=subprocess.DEVNULL,
                       stdout=subprocess.DEVNULL, stderr=subprocess.PIPE)

    def __enter__(self):
        data = os.path.join(self.folder, 'data')
        running.append(self)
        self.ask('initdb', '-D', data, '--auth=trust', '--no-sync', '--username=bidui', *LOCALE)
        options = ' '.join("-c %s='%s'" % pair for pair in SETTINGS.items()) + " -k '%s'" % self.folder
        self.ask('pg_ctl', '-D', data, '-l', os.path.join(self.folder, 'log'), '-o', options, '-w', 'start')
        return self

    def __exit__(self, *_):
        running.remove(self)
        self.stop()

    def stop(self):
        try:
            self.ask('pg_ctl', '-D', os.path.join(self.folder, 'data'), '-m', 'immediate', '-w', 'stop')
        finally:
            shutil.rmtree(self.folder, ignore_errors=True)

    def run(self, job):
        """seconds, or what went wrong; nothing of it stays in the database"""
        with tempfile.NamedTemporaryFile('w', suffix='.sql', encoding='utf-8') as f:
            f.write('BEGIN;\n\\i %s\n' % job['before'])
            for table, path in job['load'].items():
                f.write('\\copy "%s" FROM \'%s\' WITH (FORMAT csv, HEADER)\n' % (table, path))
            f.write(''.join("INSERT INTO kinds VALUES ('%s');\n" % kind for kind in job['kinds']))
            f.write('\\i %s\n' % job['after'])
            f.write('\\copy (SELECT json_agg(json_build_array(list, rule, core, severity, confidence, nature, unit, unit_no, evidence_ids, '
                    'evidence_rows)) FROM findings) TO \'%s\' WITH (FORMAT csv, DELIMITER E\'\\x01\', QUOTE E\'\\x02\')\nROLLBACK;\n' % job['out'])
            f.flush()
            start = time.time()
            p = subprocess.run(['psql', '-X', '-q', '-v', 'ON_ERROR_STOP=1', '-h', self.folder, '-U', 'bidui', '-d', 'postgres', '-f', f.name],
                               stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.PIPE)
        return p.stderr.decode('utf-8', 'replace') if p.returncode else time.time() - start
