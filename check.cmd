@echo off
rem check          everything that must hold before a commit; ends with pytest's closing line
rem check long     the same with the complete runs
setlocal
set "PYTHONUTF8=1"
call "%~dp0installer\python.cmd"
if errorlevel 1 exit /b 3
"%PYTHON%" %PYTHON_ARGS% "%~dp0installer\bootstrap.py" check %*
exit /b %ERRORLEVEL%
