; The installer for Windows; installer.py writes the included file and calls makensis with
;   VERSION, BUNDLE (the folder that PyInstaller made), ICON, OUTPUT, CONTENT (the included file)
;
; For one user, without any rights, or with /AllUsers, which wants an administrator. /S installs silently, /D=FOLDER
; (the last switch, without quotes) elsewhere.

!ifndef TARGET
  !define TARGET amd64-unicode
!endif
Target ${TARGET}
ManifestDPIAware true
Name "OIMG"
OutFile "${OUTPUT}"
RequestExecutionLevel user
SetCompressor /SOLID lzma
SetDateSave off
VIProductVersion "${VERSION}.0"
VIAddVersionKey /LANG=0 "ProductName" "OIMG"
VIAddVersionKey /LANG=0 "ProductVersion" "${VERSION}"
VIAddVersionKey /LANG=0 "FileVersion" "${VERSION}"
VIAddVersionKey /LANG=0 "FileDescription" "OIMG installer"
VIAddVersionKey /LANG=0 "LegalCopyright" "The OIMG developers, GPL-3.0-or-later"

!include MUI2.nsh
!include FileFunc.nsh
!define MUI_ICON "${ICON}"
!define MUI_UNICON "${ICON}"
!define UNINSTALL "Software\Microsoft\Windows\CurrentVersion\Uninstall\OIMG"
!define ERROR_ELEVATION_REQUIRED 740
!define ERROR_SHARING_VIOLATION 32

!insertmacro MUI_PAGE_DIRECTORY
!insertmacro MUI_PAGE_INSTFILES
!define MUI_FINISHPAGE_RUN "$INSTDIR\oimg-gui.exe"
!insertmacro MUI_PAGE_FINISH
!insertmacro MUI_UNPAGE_CONFIRM
!insertmacro MUI_UNPAGE_INSTFILES
!insertmacro MUI_LANGUAGE "English"
!insertmacro MUI_LANGUAGE "German"
!insertmacro MUI_LANGUAGE "SimpChinese"
!include "${CONTENT}"

; A program that runs cannot be replaced: ask until it is closed, or give up where nobody can be asked.
!macro WaitUntilClosed
  retry:
  IfFileExists "$INSTDIR\oimg-gui.exe" 0 closed
  ClearErrors
  FileOpen $0 "$INSTDIR\oimg-gui.exe" a
  IfErrors 0 opened
  IfSilent 0 ask
  SetErrorLevel ${ERROR_SHARING_VIOLATION}
  Abort
  ask:
  MessageBox MB_RETRYCANCEL|MB_ICONEXCLAMATION "$(CloseFirst)" IDRETRY retry
  Abort
  opened:
  FileClose $0
  closed:
!macroend

Function .onInit
  SetRegView 64
  ${GetParameters} $0
  ClearErrors
  ${GetOptions} $0 "/AllUsers" $1
  IfErrors one
  UserInfo::GetAccountType
  Pop $1
  StrCmp $1 "Admin" all
  IfSilent +2
  MessageBox MB_OK|MB_ICONSTOP "$(AdministratorNeeded)"
  SetErrorLevel ${ERROR_ELEVATION_REQUIRED}
  Abort
  all:
  SetShellVarContext all
  StrCmp $INSTDIR "" 0 done
  StrCpy $INSTDIR "$PROGRAMFILES64\OIMG"
  Goto done
  one:
  SetShellVarContext current
  StrCmp $INSTDIR "" 0 done
  StrCpy $INSTDIR "$LOCALAPPDATA\Programs\OIMG"
  done:
FunctionEnd

Section
  !insertmacro WaitUntilClosed
  ; What an earlier version has and this one has not goes with that version.
  ReadRegStr $1 SHCTX "${UNINSTALL}" "InstallLocation"
  StrCmp $1 "" fresh
  IfFileExists "$1\uninstall.exe" 0 fresh
  ExecWait '"$1\uninstall.exe" /S _?=$1' $2
  fresh:
  !insertmacro InstallFiles
  SetOutPath "$INSTDIR"
  WriteUninstaller "$INSTDIR\uninstall.exe"
  CreateShortcut "$SMPROGRAMS\OIMG.lnk" "$INSTDIR\oimg-gui.exe"
  ; "Send to" hands over all selected files at once, however many; each user has a menu of his own.
  ${GetParameters} $0
  ClearErrors
  ${GetOptions} $0 "/AllUsers" $1
  IfErrors 0 +2
  CreateShortcut "$SENDTO\OIMG.lnk" "$INSTDIR\oimg-gui.exe" "--quick"
  !insertmacro WriteEntries
  WriteRegStr SHCTX "${UNINSTALL}" "DisplayName" "OIMG"
  WriteRegStr SHCTX "${UNINSTALL}" "DisplayVersion" "${VERSION}"
  WriteRegStr SHCTX "${UNINSTALL}" "Publisher" "The OIMG developers"
  WriteRegStr SHCTX "${UNINSTALL}" "DisplayIcon" "$INSTDIR\oimg-gui.exe"
  WriteRegStr SHCTX "${UNINSTALL}" "InstallLocation" "$INSTDIR"
  WriteRegStr SHCTX "${UNINSTALL}" "UninstallString" '"$INSTDIR\uninstall.exe"'
  WriteRegStr SHCTX "${UNINSTALL}" "QuietUninstallString" '"$INSTDIR\uninstall.exe" /S'
  WriteRegDWORD SHCTX "${UNINSTALL}" "NoModify" 1
  WriteRegDWORD SHCTX "${UNINSTALL}" "NoRepair" 1
  ${GetSize} "$INSTDIR" "/S=0K" $0 $1 $2
  WriteRegDWORD SHCTX "${UNINSTALL}" "EstimatedSize" $0
  System::Call "shell32::SHChangeNotify(i 0x08000000, i 0, p 0, p 0)"  ; SHCNE_ASSOCCHANGED
SectionEnd

Function un.onInit
  SetRegView 64
  SetShellVarContext current
  ReadRegStr $0 HKLM "${UNINSTALL}" "InstallLocation"
  StrCmp $0 $INSTDIR 0 done
  SetShellVarContext all
  done:
FunctionEnd

; The user's settings, presets and kept originals are his, and stay.
Section Uninstall
  !insertmacro WaitUntilClosed
  !insertmacro RemoveFiles
  Delete "$INSTDIR\uninstall.exe"
  RMDir "$INSTDIR"
  Delete "$SMPROGRAMS\OIMG.lnk"
  Delete "$SENDTO\OIMG.lnk"
  !insertmacro RemoveEntries
  DeleteRegKey SHCTX "${UNINSTALL}"
  System::Call "shell32::SHChangeNotify(i 0x08000000, i 0, p 0, p 0)"
SectionEnd
