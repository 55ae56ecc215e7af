cask "oimg" do
  version "@VERSION@"
  sha256 "@SHA256_MACOS@"

  url "@ADDRESS@/@FILE_MACOS@"
  name "OIMG"
  desc "Image optimizer that works on your own computer"
  homepage "@HOMEPAGE@"

  depends_on macos: ">= :ventura"

  app "OIMG.app"
  binary "#{appdir}/OIMG.app/Contents/MacOS/oimg"
  service "Optimize with OIMG.workflow"
  service "Open in OIMG.workflow"

  zap trash: [
    "~/Library/Application Support/oimg",
    "~/Library/Caches/oimg",
    "~/Library/Logs/oimg",
  ]
end
