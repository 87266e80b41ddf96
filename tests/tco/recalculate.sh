#!/bin/sh
# recalculate.sh FOLDER FILE...: LibreOffice, without a screen and with a profile
# of its own, calculates every formula of each file anew and writes it to FOLDER.
set -eu
folder=$1
shift
profile=$(mktemp -d)
trap 'rm -rf "$profile"' EXIT
mkdir -p "$profile/user" "$folder"
# 0: always; as it is, cached values of what Excel wrote are believed
cat >"$profile/user/registrymodifications.xcu" <<'XCU'
<?xml version="1.0" encoding="UTF-8"?>
<oor:items xmlns:oor="http://openoffice.org/2001/registry" xmlns:xs="http://www.w3.org/2001/XMLSchema" xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance">
<item oor:path="/org.openoffice.Office.Calc/Formula/Load"><prop oor:name="OOXMLRecalcMode" oor:op="fuse"><value>0</value></prop></item>
</oor:items>
XCU
HOME=$profile soffice --headless --norestore "-env:UserInstallation=file://$profile" \
	--convert-to "${FORMAT:-xlsx}" --outdir "$folder" "$@" >"$profile/log" 2>&1 || {
	cat "$profile/log"
	exit 1
}
for file in "$@"; do
	name=${file##*/}
	[ -s "$folder/${name%.*}.${FORMAT:-xlsx}" ] || { cat "$profile/log"; exit 1; }
done
