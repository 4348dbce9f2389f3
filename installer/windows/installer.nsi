; Setup of Lintan for one person: no administrator, no question but the folder.
; makensis -INPUTCHARSET UTF8 -DVERSION=… -DSOURCE=… -DOUTPUT=… installer.nsi
Target amd64-unicode
Unicode true
!include MUI2.nsh

!define NAME "林碳台"
!define KEY "Software\Microsoft\Windows\CurrentVersion\Uninstall\Lintan"

Name "${NAME}"
OutFile "${OUTPUT}"
InstallDir "$LOCALAPPDATA\Programs\Lintan"
InstallDirRegKey HKCU "${KEY}" "InstallLocation"
RequestExecutionLevel user
!ifdef RELEASE
SetCompressor /SOLID lzma
!else
SetCompressor zlib
!endif
ManifestDPIAware true
BrandingText "Lintan ${VERSION}"

!define MUI_ICON "${SOURCE}\lintan.ico"
!define MUI_UNICON "${SOURCE}\lintan.ico"
!define MUI_FINISHPAGE_RUN "$INSTDIR\lintan.exe"
!insertmacro MUI_PAGE_LICENSE "${SOURCE}\licences\LICENSE.txt"
!insertmacro MUI_PAGE_DIRECTORY
!insertmacro MUI_PAGE_INSTFILES
!insertmacro MUI_PAGE_FINISH
!insertmacro MUI_UNPAGE_CONFIRM
!insertmacro MUI_UNPAGE_INSTFILES
!insertmacro MUI_LANGUAGE "SimpChinese"

Function .onInit
  ; Windows locks the libraries of a running program: ask to close it first.
  IfFileExists "$INSTDIR\lintan.exe" 0 free
  again:
  ClearErrors
  FileOpen $0 "$INSTDIR\lintan.exe" a
  IfErrors 0 closed
  MessageBox MB_RETRYCANCEL|MB_ICONEXCLAMATION "请先关闭林碳台，再继续安装。" /SD IDCANCEL IDRETRY again
  Abort
  closed:
  FileClose $0
  free:
FunctionEnd

Section
  ; An older version leaves nothing behind; the data lie elsewhere.
  RMDir /r "$INSTDIR\app"
  RMDir /r "$INSTDIR\lib"
  RMDir /r "$INSTDIR\runtime"
  RMDir /r "$INSTDIR\licences"
  SetOutPath "$INSTDIR"
  File /r "${SOURCE}\*.*"
  WriteUninstaller "$INSTDIR\uninstall.exe"
  CreateDirectory "$SMPROGRAMS\${NAME}"
  CreateShortcut "$SMPROGRAMS\${NAME}\${NAME}.lnk" "$INSTDIR\lintan.exe"
  CreateShortcut "$SMPROGRAMS\${NAME}\卸载${NAME}.lnk" "$INSTDIR\uninstall.exe"
  CreateShortcut "$DESKTOP\${NAME}.lnk" "$INSTDIR\lintan.exe"
  WriteRegStr HKCU "${KEY}" "DisplayName" "${NAME}"
  WriteRegStr HKCU "${KEY}" "DisplayVersion" "${VERSION}"
  WriteRegStr HKCU "${KEY}" "DisplayIcon" "$INSTDIR\lintan.exe"
  WriteRegStr HKCU "${KEY}" "InstallLocation" "$INSTDIR"
  WriteRegStr HKCU "${KEY}" "UninstallString" '"$INSTDIR\uninstall.exe"'
  WriteRegStr HKCU "${KEY}" "QuietUninstallString" '"$INSTDIR\uninstall.exe" /S'
  WriteRegDWORD HKCU "${KEY}" "NoModify" 1
  WriteRegDWORD HKCU "${KEY}" "NoRepair" 1
SectionEnd

Section "Uninstall"
  RMDir /r "$INSTDIR\app"
  RMDir /r "$INSTDIR\lib"
  RMDir /r "$INSTDIR\runtime"
  RMDir /r "$INSTDIR\licences"
  Delete "$INSTDIR\lintan.exe"
  Delete "$INSTDIR\lintanctl.exe"
  Delete "$INSTDIR\lintan.ico"
  Delete "$INSTDIR\SHA256SUMS"
  Delete "$INSTDIR\uninstall.exe"
  RMDir "$INSTDIR"
  RMDir /r "$SMPROGRAMS\${NAME}"
  Delete "$DESKTOP\${NAME}.lnk"
  DeleteRegKey HKCU "${KEY}"
  ; Databases, settings and logs of the person stay where they are.
SectionEnd
