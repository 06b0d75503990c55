/** A label is read by the camera, or from a photo, and leads to its item. */
import decodeQR from "qr/decode.js";
import { useCallback, useEffect, useRef, useState } from "react";
import { Link, useNavigate } from "react-router";
import { useT } from "@/language";
import { PageFrame } from "@/parts/page";
import { itemIn } from "./scanned";
import "./labels.css";

const EVERY = 150;
/** Dots of the longer side that are looked at: enough for a label that fills a third of it. */
const LOOKED_AT = 1_000;

/** What stands in a code within a picture; nothing where there is none. */
function read(source: CanvasImageSource, width: number, height: number): string | null {
  const shrink = Math.min(1, LOOKED_AT / Math.max(width, height, 1));
  const canvas = document.createElement("canvas");
  canvas.width = Math.round(width * shrink);
  canvas.height = Math.round(height * shrink);
  const drawing = canvas.getContext("2d", { willReadFrequently: true });
  if (!drawing || canvas.width === 0 || canvas.height === 0) return null;
  drawing.drawImage(source, 0, 0, canvas.width, canvas.height);
  try {
    return decodeQR(drawing.getImageData(0, 0, canvas.width, canvas.height));
  } catch {
    return null; // the library throws for every picture without a code
  }
}

/** Watches the camera until a code is read; says where there is none to be had. */
function useCamera(onText: (text: string) => void) {
  const video = useRef<HTMLVideoElement>(null);
  const [missing, setMissing] = useState(false);
  useEffect(() => {
    let over = false;
    let stream: MediaStream | null = null;
    let timer = 0;
    const look = (): void => {
      const shown = video.current;
      const text = shown ? read(shown, shown.videoWidth, shown.videoHeight) : null;
      if (over) return;
      if (text !== null) onText(text);
      if (text === null || itemIn(text) === null) timer = window.setTimeout(look, EVERY);
    };
    const begin = async (): Promise<void> => {
      // Without HTTPS a browser has no cameras at all, whatever its types say.
      const devices = navigator.mediaDevices as MediaDevices | undefined;
      if (!devices) throw new Error("no cameras");
      stream = await devices.getUserMedia({ video: { facingMode: "environment" } });
      if (over || !video.current) {
        stream.getTracks().forEach((track) => {
          track.stop();
        });
        return;
      }
      video.current.srcObject = stream;
      await video.current.play();
      look();
    };
    begin().catch(() => {
      if (!over) setMissing(true);
    });
    return () => {
      over = true;
      window.clearTimeout(timer);
      stream?.getTracks().forEach((track) => {
        track.stop();
      });
    };
  }, [onText]);
  return { video, missing };
}

function Other({ text }: { text: string }) {
  const t = useT();
  return (
    <p className="card" role="status">
      {t("scan.other", { text: text.slice(0, 200) })}{" "}
      <Link to={`/search?q=${encodeURIComponent(text.slice(0, 200))}`}>{t("scan.search")}</Link>
    </p>
  );
}

export default function ScanPage() {
  const t = useT();
  const go = useNavigate();
  const [other, setOther] = useState<string | null>(null);
  const [nothing, setNothing] = useState(false);
  const follow = useCallback(
    (text: string): void => {
      const item = itemIn(text);
      if (item) void go(`/items/${item}`);
      else setOther(text);
    },
    [go],
  );
  const { video, missing } = useCamera(follow);
  const photo = async (file: File): Promise<void> => {
    const picture = await createImageBitmap(file).catch(() => null);
    const text = picture ? read(picture, picture.width, picture.height) : null;
    setNothing(text === null);
    if (text !== null) follow(text);
  };
  return (
    <PageFrame lead={missing ? null : t("scan.hint")} ready>
      {missing ? <p role="status">{t("scan.noCamera")}</p> : null}
      {other === null ? null : <Other text={other} />}
      {nothing ? <p role="alert">{t("scan.nothing")}</p> : null}
      {missing ? null : <video ref={video} className="scan-picture" muted playsInline />}
      <p>
        <label className="button button-main">
          {t("scan.photo")}
          <input
            type="file"
            accept="image/*"
            capture="environment"
            hidden
            data-act="photo"
            onChange={(event) => {
              const file = event.target.files?.[0];
              event.target.value = "";
              if (file) void photo(file);
            }}
          />
        </label>
      </p>
    </PageFrame>
  );
}
