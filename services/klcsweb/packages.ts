import { type LabPackage, labPackages } from '../../shared/packages.ts'

export interface PublishedPackage extends LabPackage {
  path: string
}

export const publishedPackages = (): PublishedPackage[] =>
  labPackages().map(one => ({ ...one, path: `/packages/${one.name}` }))
