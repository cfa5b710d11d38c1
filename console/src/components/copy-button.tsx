import { useEffect, useState } from 'react';
import { Button, type ButtonProps } from './button.tsx';

export interface CopyButtonProps extends Omit<ButtonProps, 'onClick' | 'icon'> {
  readonly text: string;
  readonly label?: string;
  onCopied?(): void;
}

/** Copies `text`. Where the browser has no clipboard (plain HTTP beyond this machine), it says so. */
export function CopyButton({ text, label = 'Copy', onCopied, ...rest }: CopyButtonProps) {
  const [state, setState] = useState<'idle' | 'copied' | 'failed'>('idle');
  useEffect(() => {
    if (state === 'idle') return;
    const timer = setTimeout(() => setState('idle'), 2500);
    return () => clearTimeout(timer);
  }, [state]);

  const copy = async () => {
    const copied = await copyText(text);
    setState(copied ? 'copied' : 'failed');
    if (copied) onCopied?.();
  };
  return (
    <>
      <Button {...rest} icon={state === 'copied' ? 'check' : 'copy'} onClick={copy}>
        {state === 'copied' ? 'Copied' : label}
      </Button>
      <span className="visually-hidden" role="status">
        {state === 'copied' && 'Copied to the clipboard'}
        {state === 'failed' && 'This browser does not let the page copy. Select the text instead.'}
      </span>
    </>
  );
}

/** The clipboard's interface exists on secure pages only; the older way works on others too. */
async function copyText(text: string): Promise<boolean> {
  try {
    await navigator.clipboard.writeText(text);
    return true;
  } catch {
    const area = document.createElement('textarea');
    area.value = text;
    area.className = 'visually-hidden';
    // Beside the focused element, so that a dialog does not take the focus back before it is copied.
    const place = document.activeElement?.parentElement ?? document.body;
    const focused = document.activeElement;
    place.append(area);
    area.select();
    const copied = document.execCommand('copy');
    area.remove();
    if (focused instanceof HTMLElement) focused.focus();
    return copied;
  }
}
