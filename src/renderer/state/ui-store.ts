import { create } from 'zustand'

interface UiState {
  /** The dialog in which networks are joined. */
  readonly isNetworksOpen: boolean
  setNetworksOpen(isOpen: boolean): void
}

/** What several parts of the screen share and the feed does not know. */
export const useUi = create<UiState>()((set) => ({
  isNetworksOpen: false,
  setNetworksOpen: (isNetworksOpen) => set({ isNetworksOpen }),
}))
