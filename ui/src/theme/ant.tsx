/** Ant Design in the colours of our token set, for the rooms that use it. */
import { App as AntApp, ConfigProvider, theme as algorithms, type ThemeConfig } from "antd";
import en from "antd/locale/en_US";
import zh from "antd/locale/zh_CN";
import dayjs from "dayjs";
import "dayjs/locale/zh-cn";
import { useEffect, useMemo, useState, type ReactNode } from "react";
import { Outlet } from "react-router";
import { useLanguage } from "@/language";
import { wantsStill } from "@/parts/motion";
import { usePhone } from "@/parts/phone";
import { LeaveGuard } from "@/parts/unsaved";
import { useTheme } from "./theme";
import { fonts, tokens, type Mode } from "./tokens";

/** What a thumb meets; `base.css` gives the same to the plain controls. */
const THUMB = 44;

function themed(mode: Mode, phone: boolean, still: boolean): ThemeConfig {
  const t = tokens[mode];
  return {
    algorithm: mode === "dark" ? algorithms.darkAlgorithm : algorithms.defaultAlgorithm,
    token: {
      colorPrimary: t.accent,
      colorInfo: t.blue,
      colorLink: t.accent,
      // What is pointed at is read as well: Ant Design would make it lighter than one can.
      colorLinkHover: t.accent,
      colorLinkActive: t.accent,
      ...(mode === "light" ? { colorPrimaryHover: "#184d9c" } : {}),
      colorError: t.red,
      colorSuccess: t["green-fill"],
      colorWarning: t["yellow-fill"],
      colorBgBase: t.surface,
      colorBgLayout: t.bg,
      colorBgContainer: t.surface,
      colorBgElevated: t.surface,
      colorText: t.ink,
      colorTextSecondary: t["ink-2"],
      colorTextTertiary: t["ink-3"],
      colorTextPlaceholder: t["ink-3"],
      colorBorder: t["line-strong"],
      colorBorderSecondary: t.line,
      colorTextLightSolid: t["accent-ink"],
      fontFamily: fonts.sans,
      fontFamilyCode: fonts.mono,
      fontSize: 13,
      controlHeight: phone ? THUMB : 30,
      ...(phone ? { controlHeightSM: THUMB, controlHeightLG: THUMB } : {}),
      borderRadius: 6,
      wireframe: false,
      // `base.css` takes every animation away from whoever wants none; a dialog that waits for the
      // end of its own would never be seen.
      motion: !still,
      motionDurationMid: "0.12s",
      motionDurationSlow: "0.18s",
    },
    components: {
      Tooltip: {
        colorBgSpotlight: mode === "dark" ? "#2b3643" : "#1b2430",
        colorTextLightSolid: "#ffffff",
      },
      Segmented: {
        trackBg: t.sunken,
        itemSelectedBg: mode === "dark" ? "#2c394a" : t.surface,
        itemColor: t["ink-2"],
      },
      Form: { itemMarginBottom: 16, verticalLabelPadding: "0 0 4px" },
      Tabs: { horizontalItemPadding: "8px 0", horizontalMargin: "0 0 12px 0" },
    },
  };
}

/** Ant Design around a part of a page that otherwise has none of it. */
export function AntTheme({ children }: { children: ReactNode }) {
  const { mode } = useTheme();
  const language = useLanguage();
  const phone = usePhone();
  // Once for each frame: Ant Design puts the page up anew when it changes, and what is typed is gone.
  const [still] = useState(wantsStill);
  const config = useMemo(() => themed(mode, phone, still), [mode, phone, still]);
  useEffect(() => {
    dayjs.locale(language === "en" ? "en" : "zh-cn");
  }, [language]);
  return (
    <ConfigProvider
      theme={config}
      locale={language === "en" ? en : zh}
      form={{ requiredMark: "optional" }}
      button={{ autoInsertSpace: false }}
    >
      <AntApp component={false}>{children}</AntApp>
    </ConfigProvider>
  );
}

export default function AntFrame() {
  return (
    <AntTheme>
      <LeaveGuard />
      <Outlet />
    </AntTheme>
  );
}
