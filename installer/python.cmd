@echo off
rem Called by run.cmd and check.cmd: find a Python 3.11 or newer as PYTHON with PYTHON_ARGS.
set "PROBE=import sys; sys.exit(sys.version_info < (3, 11))"
set "PYTHON_ARGS="
if defined LINTAN_PYTHON (
    set "PYTHON=%LINTAN_PYTHON%"
    goto found
)
set "PYTHON=py"
set "PYTHON_ARGS=-3"
py -3 -c "%PROBE%" >nul 2>nul
if not errorlevel 1 goto found
set "PYTHON=python"
set "PYTHON_ARGS="
python -c "%PROBE%" >nul 2>nul
if not errorlevel 1 goto found
echo Lintan needs Python 3.11 or newer: https://www.python.org/downloads/windows/ 1>&2
exit /b 3
:found
exit /b 0
